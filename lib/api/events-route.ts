import type { EventIntake } from '../constructs/event-intake.ts';
import { allowOriginTemplate, answerHeaders, declareHeaders, mapHeaders } from './cors.ts';
import { packEvents } from './pack-events.ts';
import { pathParameters } from './path-parameters.ts';
import { readTemplate } from './read-template.ts';

export interface EventsRouteProps {
  readonly corsOrigins: readonly string[];
  /** Whose records the requests become. */
  readonly intake: EventIntake['service'];
  /** PutRecord of that service as API Gateway calls it. */
  readonly putRecordUri: string;
  /** Role in whose name the gateway puts records. */
  readonly senderRoleArn: string;
}

/**
 * POST events: no function between a game and the stream. The whole request becomes one record, so it is stored whole
 * or not at all.
 */
export function eventsRoute(path: string, { corsOrigins, intake, putRecordUri, senderRoleArn }: EventsRouteProps) {
  const answer = (statusCode: string, template: string) => ({
    statusCode,
    responseParameters: mapHeaders('method.response', answerHeaders(corsOrigins)),
    responseTemplates: { 'application/json': allowOriginTemplate(corsOrigins) + readTemplate(template) },
  });

  return {
    summary: 'Stores a batch of events',
    operationId: 'sendEvents',
    // The key that the authorizer names, by which games are told apart when they are limited.
    security: [{ token: [], usageKey: [] }],
    parameters: pathParameters(path),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/EventBatch' } } },
    },
    responses: {
      '200': respond('Every event of the request is stored', 'EventsStored'),
      '413': respond('The request does not fit into one record: send it in parts', 'Error'),
      '429': respond('Too much at the moment: send it again after Retry-After', 'Error'),
      '500': respond('Not stored: send it again', 'Error'),
    },
    'x-amazon-apigateway-request-validator': 'body',
    'x-amazon-apigateway-integration': {
      type: 'aws',
      httpMethod: 'POST',
      uri: putRecordUri,
      credentials: senderRoleArn,
      // Any other content type is a 415: it would reach the stream unvalidated.
      passthroughBehavior: 'never',
      requestParameters: { 'integration.request.header.Content-Type': "'application/x-amz-json-1.1'" },
      requestTemplates: { 'application/json': packEvents(intake) },
      responses: {
        '200': answer('200', 'events-stored'),
        // Every other status: the template reads the error's name and overrides the status, never with a 400.
        default: answer('500', 'events-refused'),
      },
    },
  };

  function respond(description: string, schema: string) {
    const headers = [
      ...new Set(['Access-Control-Allow-Origin', 'Retry-After', ...Object.keys(answerHeaders(corsOrigins))]),
    ];
    return {
      description,
      headers: declareHeaders(headers),
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
    };
  }
}
