from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status


@app.periodic(cron="* * * * *")
@app.task(name="config.retry_stalled", queueing_lock="config.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Gives the jobs of a killed worker to the living: its heartbeat is older than 30 seconds.

    A job whose queueing lock another one already waits with has its successor, and ends.
    """
    queue = context.app.job_manager
    for job in await queue.get_stalled_jobs():
        try:
            await queue.retry_job(job)
        except UniqueViolation:
            await queue.finish_job(job, Status.FAILED, delete_job=True)
