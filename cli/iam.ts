import { createIamProgram } from './iam-program.ts';
import { runCli } from './run-cli.ts';

await runCli(createIamProgram());
