import { pathParameters } from './path-parameters.ts';

/** Signed routes that the admin function answers, by path. */
export const adminRoutes: Readonly<Record<string, readonly string[]>> = {
  '/applications': ['GET', 'POST'],
  '/applications/{applicationId}': ['GET', 'DELETE'],
  '/applications/{applicationId}/authorizations': ['GET', 'POST'],
  '/applications/{applicationId}/authorizations/{apiKeyId}': ['GET', 'PUT', 'DELETE'],
};

/** One signed route. The function judges the body itself: its errors say more than a model's. */
export const adminRoute = (path: string, adminUri: string) => ({
  security: [{ signature: [] }],
  parameters: pathParameters(path),
  responses: { '200': { description: 'What the function answers' } },
  'x-amazon-apigateway-integration': {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: adminUri,
    passthroughBehavior: 'when_no_match',
  },
});
