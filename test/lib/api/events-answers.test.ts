import { describe, expect, it } from 'vitest';
import { render } from './render.ts';

const answer = (error: object) => {
  const { text, status, header } = render('events-refused', { body: JSON.stringify(error) });
  return { status, header, body: JSON.parse(text) as { error: string; error_detail: string } };
};

describe('the answers of the events route', () => {
  it('says that the whole request is stored', () => {
    const { text, status } = render('events-stored', { body: '{"RecordId":"abc","Encrypted":true}' });
    expect(JSON.parse(text)).toEqual({ Result: 'Ok', RequestId: 'request-1', FailedRecordCount: 0 });
    expect(status).toBeUndefined();
  });

  it.each([
    'ServiceUnavailableException',
    'ThrottlingException',
    'LimitExceededException',
    'ProvisionedThroughputExceededException',
    'com.amazonaws.firehose#ServiceUnavailableException',
  ])('asks for the same request later on %s', (__type) => {
    const { status, header, body } = answer({ __type, message: 'Slow down.' });
    expect(status).toBe(429);
    expect(header).toEqual({ 'Retry-After': '1' });
    expect(body.error).toBe('Throttled');
  });

  it('asks for smaller parts when the record is too large', () => {
    const message =
      "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1024001 cap=1024001]' at 'record.data' " +
      'failed to satisfy constraint: Member must have length less than or equal to 1024000';
    const { status, header, body } = answer({ __type: 'ValidationException', message });
    expect(status).toBe(413);
    expect(header).toEqual({});
    expect(body.error).toBe('RequestTooLarge');
  });

  it.each([
    [{ __type: 'ValidationException', message: 'another fault' }],
    [{ __type: 'AccessDeniedException', Message: 'User: "x" is not authorized' }],
    [{ __type: 'ResourceNotFoundException', message: 'no such stream' }],
    [{ __type: 'InvalidArgumentException', message: null }],
    [{ __type: 5 }],
    [{}],
  ])('answers %j with 500 and a body without details of ours', (error) => {
    const { status, header, body } = answer(error);
    expect(status).toBe(500);
    expect(header).toEqual({});
    expect(body).toEqual({
      error: 'InternalError',
      error_detail: 'the events could not be stored; send the same request again',
    });
  });
});

describe('allow-origin.vtl', () => {
  const stageVariables = { corsOrigins: 'https://a.example,https://b.example' };
  const allowed = (headers: Record<string, string>) =>
    render('allow-origin', { headers, stageVariables }).header['Access-Control-Allow-Origin'];

  it.each([
    [{ Origin: 'https://a.example' }, 'https://a.example'],
    [{ origin: 'https://b.example' }, 'https://b.example'],
    [{ Origin: 'https://c.example' }, undefined],
    [{ Origin: 'https://a.example,https://b.example' }, undefined],
    [{ Origin: 'a.example' }, undefined],
    [{ Origin: '' }, undefined],
    [{}, undefined],
  ])('lets %j call as %j', (headers, origin) => {
    expect(allowed(headers as Record<string, string>)).toBe(origin);
  });
});
