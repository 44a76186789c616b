import { createExportProgram } from './export-program.ts';
import { exportPlayer } from './export/export-player.ts';
import { findLake } from './forget/lake-target.ts';
import { runCli } from './run-cli.ts';

await runCli(createExportProgram({ target: findLake, exportPlayer, print: (line) => console.log(line) }));
