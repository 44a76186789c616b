import { fileURLToPath } from 'node:url';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';

const modules = fileURLToPath(new URL('../../glue-scripts/modules', import.meta.url));

/**
 * What the scripts of `glue-scripts/` share, for a job's argument `--extra-py-files`: a zip file, since a module alone
 * would bear its hash for a name. The job's role has to be able to read it.
 */
export function glueModules(scope: Construct): Asset {
  return new Asset(scope, 'Modules', { path: modules, exclude: ['**/__pycache__', '**/__pycache__/**'] });
}
