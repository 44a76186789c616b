import type { Emulator } from '../runtime.ts';
import { bucket } from './bucket.ts';
import { deliveryStream } from './delivery-stream.ts';
import { deployment } from './deployment.ts';
import { eventInvokeConfig } from './event-invoke-config.ts';
import { gatewayAccount } from './gateway-account.ts';
import { gatewayResponse } from './gateway-response.ts';
import { glueDatabase } from './glue-database.ts';
import { glueTable } from './glue-table.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaPermission } from './lambda-permission.ts';
import { namedQuery } from './named-query.ts';
import { policy } from './policy.ts';
import { restApi } from './rest-api.ts';
import { role } from './role.ts';
import { stage } from './stage.ts';
import { table } from './table.ts';
import { workGroup } from './work-group.ts';

/** Every stand-in there is, one line each. A resource type that none of them names is reported at start. */
export const emulators: readonly Emulator[] = [
  bucket,
  deliveryStream,
  deployment,
  eventInvokeConfig,
  gatewayAccount,
  gatewayResponse,
  glueDatabase,
  glueTable,
  lambdaFunction,
  lambdaPermission,
  namedQuery,
  policy,
  restApi,
  role,
  stage,
  table,
  workGroup,
];
