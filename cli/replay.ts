import { askInTerminal } from './ask-in-terminal.ts';
import { createReplayProgram } from './replay-program.ts';
import { runCli } from './run-cli.ts';

await runCli(createReplayProgram({ ask: askInTerminal, print: (line) => console.log(line) }));
