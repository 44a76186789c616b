import { runCli } from '../cli/run-cli.ts';
import { benches } from './benches.ts';
import { createBenchProgram } from './run/bench-program.ts';

const module = new URL('benches.ts', import.meta.url);

await runCli(createBenchProgram({ benches, module, print: (line) => console.log(line) }));
