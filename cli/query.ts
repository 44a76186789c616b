import { createAthena } from './athena.ts';
import { findDeployment } from './deployment.ts';
import { createQueryProgram } from './query-program.ts';
import { runCli, UsageError } from './run-cli.ts';

await runCli(
  createQueryProgram({
    connect: (options) => {
      const { awsUrl, signer, workGroup, database } = findDeployment(options);
      if (workGroup === undefined)
        throw new UsageError('name the workgroup: --endpoints <file> or --work-group <name>');
      return createAthena({ endpoint: awsUrl, signer, workGroup, database });
    },
    print: (line) => console.log(line),
  }),
);
