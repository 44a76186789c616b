import { createImportProgram } from './import-program.ts';
import { runCli } from './run-cli.ts';

await runCli(createImportProgram((line) => console.log(line)));
