import { Command } from 'commander';
import { notExercised } from './iam/not-exercised.ts';
import { readRecords } from './iam/read-record.ts';
import { reportUnused } from './iam/report-unused.ts';
import { statementUse } from './iam/statement-use.ts';

/** `npm run iam`: what the roles may do against what tests needed. */
export function createIamProgram(print: (line: string) => void = console.log): Command {
  const program = new Command('iam').description('What roles may do, against what the recorded calls of tests needed.');
  program
    .command('unused')
    .description(
      'Names every statement of a role that no recorded call needed. Ends with 1 if there is one without a reason.',
    )
    .argument('<folder>', 'what a run of all tests left: set PLAYLAKE_DECISIONS=<folder> for it')
    .option('--all', 'also say what was needed', false)
    .action((folder: string, { all }: { readonly all: boolean }) => {
      const report = reportUnused(statementUse(readRecords(folder)), notExercised);
      for (const line of all ? [...report.everything, ...report.notes] : []) print(line);
      for (const line of report.problems) print(line);
      print(report.summary);
      if (report.problems.length > 0) process.exitCode = 1;
    });
  return program.showHelpAfterError();
}
