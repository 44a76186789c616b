import { pathParameters } from './path-parameters.ts';

/** What a caller has to show: a token of our own, or a signature of AWS's kind. */
export type Credential = 'token' | 'signature';

/** A route that a function answers whole. The function judges the body itself: its errors say more than a model's. */
export const functionRoute = (path: string, uri: string, credential: Credential) => ({
  security: [{ [credential]: [] }],
  parameters: pathParameters(path),
  responses: { '200': { description: 'What the function answers' } },
  'x-amazon-apigateway-integration': {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri,
    passthroughBehavior: 'when_no_match',
  },
});
