import { App } from 'aws-cdk-lib';
import { loadConfig } from '../config/load.ts';
import { createPipeline } from './pipeline.ts';

/** What the CDK's own command runs: `cdk synth -c config=config/prod.yaml`. */
const app = new App();
const configPath: unknown = app.node.tryGetContext('config') ?? process.env['PLAYLAKE_CONFIG'];
createPipeline(app, loadConfig(String(configPath ?? 'config/dev.yaml')));
app.synth();
