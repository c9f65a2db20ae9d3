from procrastinate.contrib.django import app

from plaidoyer.website.me import links


@app.periodic(cron="* * * * * */2")
@app.task(name="website.answer_link_requests", queueing_lock="website.answer_link_requests")
def answer_link_requests(timestamp: int) -> None:
    while links.answer():
        pass
