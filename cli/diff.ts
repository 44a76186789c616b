import { createDiffProgram } from './diff-program.ts';
import { runCli } from './run-cli.ts';

await runCli(createDiffProgram());
