"""Arguments as Glue passes them: its own, then the job's and the run's."""

import argparse

# What Glue's parser takes whether or not a script asks for it.
RESERVED = ("JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION", "TempDir", "job-bookmark-option")


class GlueArgumentError(Exception):
    pass


class GlueArgumentParser(argparse.ArgumentParser):
    def error(self, message):
        raise GlueArgumentError(message)


def getResolvedOptions(args, options):
    parser = GlueArgumentParser()
    for option in RESERVED:
        parser.add_argument(f"--{option}", required=False)
    # A reserved name that is asked for again is a conflict, as on Glue.
    for option in options:
        parser.add_argument(f"--{option}", required=True)
    parsed, _ = parser.parse_known_args(args[1:])
    return vars(parsed)
