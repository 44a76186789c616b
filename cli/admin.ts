import { createAdminClient } from './admin-client.ts';
import { createAdminProgram } from './admin-program.ts';
import { findDeployment } from './deployment.ts';
import { runCli, UsageError } from './run-cli.ts';

await runCli(
  createAdminProgram({
    connect: (options) => {
      const { apiUrl, signer } = findDeployment(options);
      if (apiUrl === undefined) throw new UsageError('name the API: --endpoints <file> or --api-url <url>');
      return createAdminClient(apiUrl, signer);
    },
    print: (line) => console.log(line),
  }),
);
