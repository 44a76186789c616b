import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { Env, readEnv } from '../shared/env.ts';

readEnv(process.env, [
  Env.applicationsTable,
  Env.authorizationsTable,
  Env.authorizationsByApplicationIndex,
  Env.corsOrigins,
]);

export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  return { statusCode: 500, body: JSON.stringify({ error: 'InternalError', error_detail: event.path }) };
}
