import { findWarehouse } from './warehouse/find-warehouse.ts';
import { runCli } from './run-cli.ts';
import { createWarehouseProgram } from './warehouse-program.ts';

await runCli(createWarehouseProgram({ target: findWarehouse, print: (line) => console.log(line) }));
