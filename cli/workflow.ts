import { findDeployment } from './deployment.ts';
import { runCli, UsageError } from './run-cli.ts';
import { createWorkflowProgram } from './workflow-program.ts';

await runCli(
  createWorkflowProgram({
    target: (options) => {
      const { apiUrl, awsUrl, signer, workflow } = findDeployment(options);
      if (workflow === undefined) throw new UsageError('name the workflow: --endpoints <file> or --workflow <name>');
      return { apiUrl, endpoint: awsUrl, signer, workflow };
    },
    print: (line) => console.log(line),
  }),
);
