import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { signRequest } from '../../../../business-logic/shared/aws/sign-request.ts';

const text = fc.string({ unit: 'binary', maxLength: 200 });
const word = fc.stringMatching(/^[A-Za-z0-9/+]{1,40}$/);

it('signs as the SDKs do, whatever is sent, with keys that expire and with those that do not', async () => {
  const anything = fc.record({
    body: text,
    id: word,
    secret: word,
    token: fc.option(word, { nil: undefined }),
    operation: word,
    port: fc.constantFrom('', ':8000'),
    now: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  });
  await fc.assert(
    fc.asyncProperty(anything, async ({ body, id, secret, token, operation, port, now }) => {
      const host = `dynamodb.eu-central-1.amazonaws.com${port}`;
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': operation };
      const keys = { accessKeyId: id, secretAccessKey: secret, ...(token !== undefined && { sessionToken: token }) };
      const place = { region: 'eu-central-1', service: 'dynamodb' };
      const signer = new SignatureV4({ ...place, credentials: keys, sha256: Sha256, applyChecksum: false });
      const request = {
        method: 'POST',
        protocol: 'https:',
        hostname: 'dynamodb.eu-central-1.amazonaws.com',
        path: '/',
        query: {},
        headers: { ...headers, host },
        body,
      };
      const { headers: expected } = await signer.sign(request, { signingDate: now });
      const signed = () => signRequest({ host, headers, body }, { ...place, keys, now });
      expect(signed()).toEqual(expected);
      // With the key that the first has left.
      expect(signed()).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
