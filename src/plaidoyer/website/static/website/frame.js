// In a frame on another site: tells the page around it how high it is, and opens whatever lies
// elsewhere in the whole window, where a frame of ours would be refused.
const [, language, embed, form] = location.pathname.split("/");
const inside = `/${language}/${embed}/${form}/`;

for (const way of document.querySelectorAll("a[href], form[action]")) {
  const leads = new URL(way.getAttribute("href") ?? way.getAttribute("action"), location.href);
  if (leads.origin !== location.origin || !leads.pathname.startsWith(inside)) way.target = "_top";
}

// Only a number leaves, so it may go to any page that has us in a frame.
const tell = () => parent.postMessage(document.body.getBoundingClientRect().height, "*");
if (parent !== window) new ResizeObserver(tell).observe(document.body);
