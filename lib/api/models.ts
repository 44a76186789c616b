/**
 * Models of the API (draft-04). The gateway checks no more than that events is an array of objects, so that one bad
 * event never costs the good ones beside it: the transform is the judge. Item counts are not trusted here.
 */
export const models = {
  EventBatch: {
    title: 'A batch of events',
    type: 'object',
    required: ['events'],
    properties: { events: { type: 'array', items: { type: 'object' } } },
  },
  EventsStored: {
    title: 'The request was stored whole',
    type: 'object',
    required: ['Result', 'RequestId', 'FailedRecordCount'],
    properties: {
      Result: { type: 'string' },
      RequestId: { type: 'string' },
      FailedRecordCount: { type: 'integer' },
    },
  },
  Error: {
    title: 'What went wrong',
    type: 'object',
    required: ['error', 'error_detail'],
    properties: { error: { type: 'string' }, error_detail: { type: 'string' } },
  },
};
