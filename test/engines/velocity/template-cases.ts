/** What a mapping template is rendered with, on either engine. */
export interface TemplateInput {
  /** What the case is about. */
  readonly name: string;
  /** Request or response body, as text. */
  readonly body: string;
  readonly params: Readonly<Record<'header' | 'path' | 'querystring', Readonly<Record<string, string>>>>;
  readonly context: Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
}

const noParams: TemplateInput['params'] = { header: {}, path: {}, querystring: {} };

const context = {
  requestId: '7b1f0a4e-0000-4000-8000-0123456789ab',
  requestTimeEpoch: 1_795_219_587_700,
  stage: 'v1',
  httpMethod: 'POST',
  authorizer: { application_id: 'a1b2c3', api_key_id: 'AbCdEfGhIjKlMnOpQrSt', role: 'game', principalId: 'AbCdEf' },
};

const event = { event_id: '5f0c5bd0-6c0a-4f0e-9b1e-000000000001', event_type: 'login', event_timestamp: 1795219587.7 };

/** Bodies of the events route as text, since a JSON value cannot hold what some of them are about. */
const eventBodies: Readonly<Record<string, string>> = {
  'one event': JSON.stringify({ events: [event] }),
  'no events': '{"events":[]}',
  'an event without fields': '{"events":[{}]}',
  'two hundred events': JSON.stringify({ events: Array.from({ length: 200 }, (_, n) => ({ ...event, n })) }),
  'fields beside the events': JSON.stringify({ application_id: 'forged', events: [event], role: 'server' }),
  'quotes and backslashes': String.raw`{"events":[{"a":"say \"hi\" \\ it's \/ here","b\"c":"\\\\"}]}`,
  'control characters': String.raw`{"events":[{"a":"\u0000\u0001\b\f\n\r\t\u001f\u007f\u0085\u2028\u2029"}]}`,
  'text in many scripts': '{"events":[{"a":"Größe наука 科学 ユーザー مرحبا","ключ":"значение"}]}',
  'emoji, escaped and not': String.raw`{"events":[{"a":"😀👩‍👩‍👧‍👦","b":"\ud83d\ude00","c":"\u00e9"}]}`,
  'text that looks like a template': String.raw`{"events":[{"a":"$x ${'$'}{x} $!x #set($y = 1) #if(true) ## #* *# #[[ ]]#","$input.body":"$util"}]}`,
  'text that looks like a record': String.raw`{"events":[{"a":"\"}]}\n{\"application_id\":\"other\",\"events\":[{\"b\":1"}]}`,
  'empty values': '{"events":[{"a":"","b":null,"c":{},"d":[],"e":0,"f":false,"":""}]}',
  'large floats': '{"events":[{"a":1e300,"b":-1.7976931348623157e308,"c":123456789.123456789,"d":5e-324,"e":1e21}]}',
  'large integers': '{"events":[{"a":9007199254740993,"b":12345678901234567890,"c":-99999999999999999999}]}',
  'small numbers': '{"events":[{"a":0.1,"b":-0.0,"c":1E-7,"d":0.30000000000000004,"e":1.0}]}',
  'more digits than a double': '{"events":[{"a":3.14159265358979323846264338327950288,"b":1e400}]}',
  'deeply nested': `{"events":[{"a":${'{"a":['.repeat(60)}1${']}'.repeat(60)}}]}`,
  'nested lists and objects': '{"events":[{"a":[1,"2",[3,{"b":[]}],null,true],"event_data":{"x":{"y":"z"}}}]}',
  'keys twice': '{"events":[{"a":1,"a":2}]}',
  'spaces around everything': ' \n{ "events" : [ { "a" : 1 } ,\t{ "b" : 2 } ] }\r\n',
};

const countries = ['DE', '', 'de', 'D', 'DEU', 'D"', 'ÄÖ', '😀', 'D$', '$x', '1A', ' D'];

/** Bytes of the record that a request of one event with this text becomes, without the text. */
const emptyRecordBytes = Buffer.byteLength(
  '{"application_id":"a1b2c3","api_key_id":"AbCdEfGhIjKlMnOpQrSt","role":"game","request_id":' +
    '"7b1f0a4e-0000-4000-8000-0123456789ab","received_at":1795219587700,"country":"DE","events":[{"a":""}]}\n',
);

/** A request whose record has so many bytes, some of its characters two. */
const bodyOf = (recordBytes: number): string => {
  const left = recordBytes - emptyRecordBytes;
  return `{"events":[{"a":"${'ö'.repeat(100)}${'x'.repeat(left - 200)}"}]}`;
};

/** Requests of the events route. */
export const eventRequests: readonly TemplateInput[] = [
  ...Object.entries(eventBodies).map(([name, body]) => anEventRequest(name, body, 'DE')),
  ...countries.map((country) =>
    anEventRequest(`country ${JSON.stringify(country)}`, eventBodies['one event']!, country),
  ),
  anEventRequest('a record of what Firehose takes at most', bodyOf(1_024_000), 'DE'),
  anEventRequest('a record of one byte more', bodyOf(1_024_001), 'DE'),
  anEventRequest('no country', eventBodies['one event']!, '', { params: { header: {} } }),
];

function anEventRequest(
  name: string,
  body: string,
  country: string,
  { params = {}, context: more = {} }: { params?: Partial<TemplateInput['params']>; context?: object } = {},
): TemplateInput {
  const header = { 'Content-Type': 'application/json', 'CloudFront-Viewer-Country': country };
  return {
    name,
    body,
    params: { ...noParams, header, path: { applicationId: 'a1b2c3' }, ...params },
    context: { ...context, ...more },
    stageVariables: {
      deliveryStream: 'playlake-events-1A2B3C',
      kinesisStream: 'playlake-stream-1A2B3C',
      corsOrigins: 'https://a.example,https://b.example',
    },
  };
}

/** Answers of the integration, good and bad. */
const answers: Readonly<Record<string, string>> = {
  'a record that was stored': '{"RecordId":"kQ2x==","Encrypted":false}',
  throttled: '{"__type":"ServiceUnavailableException","message":"Slow down."}',
  'throttled, with a namespace': '{"__type":"com.amazonaws.kinesis.v20131202#ProvisionedThroughputExceededException"}',
  'a limit passed': '{"__type":"LimitExceededException","message":""}',
  'another throttle': '{"__type":"ThrottlingException","message":null}',
  'too large': `{"__type":"ValidationException","message":"1 validation error detected: Value at 'record.data' failed to satisfy constraint: Member must have length less than or equal to 1024000"}`,
  'another validation': `{"__type":"ValidationException","message":"Value at 'deliveryStreamName' is \\"wrong\\" \\\\ $x #set"}`,
  'access denied':
    '{"__type":"AccessDeniedException","Message":"User: arn:aws:sts::1:assumed-role/x is not authorized"}',
  'a key that is too long': `{"__type":"ValidationException","message":"1 validation error detected: Value 'too-large-' at 'partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256"}`,
  'an error without a name': '{"message":"Ошибка 😀 \\u0001"}',
  'an empty object': '{}',
  'a name that is no text': '{"__type":5,"message":{"a":[1]}}',
};

const origins = [
  'https://a.example',
  'https://b.example',
  'https://c.example',
  'https://a.example,https://b.example',
  '',
];

/** Answers of an integration, for response templates. */
export const integrationAnswers: readonly TemplateInput[] = [
  ...Object.entries(answers).map(([name, body]) => anEventRequest(name, body, 'DE')),
  ...origins.map((Origin) =>
    anEventRequest(`origin ${JSON.stringify(Origin)}`, '{}', '', { params: { header: { Origin } } }),
  ),
];

/** Errors of the gateway itself, for gateway responses. */
export const gatewayErrors: readonly TemplateInput[] = [
  ['plain', 'Unauthorized'],
  ['quotes', `Authorization header requires 'Credential' parameter "x" \\ and $x`],
  ['unicode and control characters', 'größer 😀\u0001\n\t\u2028'],
  ['empty', ''],
].map(([name = '', message = '']) =>
  anEventRequest(`${name} message`, '', '', {
    context: {
      error: {
        message,
        messageString: JSON.stringify(message),
        responseType: 'UNAUTHORIZED',
        validationErrorString: JSON.stringify([`${message} [a "b"]`]).slice(1, -1),
      },
    },
  }),
);
