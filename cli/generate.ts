import { createGenerateProgram } from './generate-program.ts';
import { runCli } from './run-cli.ts';

await runCli(createGenerateProgram((line) => console.log(line)));
