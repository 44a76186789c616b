class Job:
    """A job with its bookmarks disabled: nothing is remembered."""

    def __init__(self, glue_context):
        self.glue_context = glue_context

    def init(self, job_name, args):
        if job_name != args["JOB_NAME"]:
            raise ValueError("a job bears the name that it is run by")

    def commit(self):
        pass
