import { runServices } from './run-services.ts';

// A process to kill: says where it can be reached once it is ready.
const { awsUrl, region, accessKeyId, secretAccessKey } = await runServices(process.argv[2]!);
process.stdout.write(`${JSON.stringify({ awsUrl, region, accessKeyId, secretAccessKey })}\n`);
