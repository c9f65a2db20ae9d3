// Lets a passkey answer a form: it asks the browser, puts the answer in, and sends the form.
const encoded = (id) => JSON.parse(document.getElementById(id).textContent);

async function question(form) {
  if (form.dataset.passkey !== "fetch") return encoded("passkey");
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return answer.json();
}

async function credential(form) {
  const { creation_options: creation, request_options: request } = await question(form);
  if (creation) {
    // One that the device keeps, and that asks for a finger, a face or a PIN.
    creation.publicKey.authenticatorSelection = {
      residentKey: "required", requireResidentKey: true, userVerification: "required",
    };
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(creation.publicKey);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(request.publicKey);
  return navigator.credentials.get({ publicKey });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[role=alert]");
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify((await credential(form)).toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
