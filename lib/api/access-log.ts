/**
 * One line per request: what was asked, how it ended, which key asked. No header, body, query or address of a client:
 * the log holds neither tokens nor personal data.
 */
export const accessLog = JSON.stringify({
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  responseType: '$context.error.responseType',
  responseBytes: '$context.responseLength',
  latencyMillis: '$context.responseLatency',
  integrationStatus: '$context.integrationStatus',
  integrationLatencyMillis: '$context.integrationLatency',
  apiKeyId: '$context.authorizer.principalId',
});
