import { createCatalogProgram, projectCatalogue } from './catalog-program.ts';
import { runCli } from './run-cli.ts';

await runCli(createCatalogProgram({ places: projectCatalogue, print: (line) => console.log(line) }));
