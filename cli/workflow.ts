import { findDeployment } from './deployment.ts';
import { runCli, UsageError } from './run-cli.ts';
import { createWorkflowProgram } from './workflow-program.ts';

await runCli(
  createWorkflowProgram({
    target: (options) => {
      const { awsUrl, signer, workflow } = findDeployment(options);
      if (workflow === undefined) throw new UsageError('name the workflow: --endpoints <file> or --workflow <name>');
      return { endpoint: awsUrl, signer, workflow };
    },
    print: (line) => console.log(line),
  }),
);
