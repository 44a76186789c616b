import { runCli } from './run-cli.ts';
import { createSynthProgram } from './synth-program.ts';

await runCli(createSynthProgram({ print: (line) => console.log(line) }));
