import { expect, test } from 'vitest';
import { createObjectStore } from '../../../local/object-store.ts';
import { AwsError } from '../../../local/runtime.ts';
import { objectsAs } from '../../../local/policy/objects-as.ts';
import { aDataDir } from '../../support/a-data-dir.ts';

test('says that an object is not there to those only who may list the bucket', async () => {
  const objects = createObjectStore({ root: aDataDir(), clock: Date.now });
  await objects.createBucket('lake');
  await objects.put('lake', 'here', Buffer.from('x'));
  const allowed = new Set(['s3:GetObject']);
  const actor = {
    roleArn: 'arn:aws:iam::000000000000:role/job',
    refusal: (action: string) => (allowed.has(action) ? undefined : action),
    authorize(action: string, resource: string) {
      if (!allowed.has(action)) throw new AwsError('AccessDeniedException', `${action} on ${resource}`);
    },
  };
  const seen = objectsAs(objects, actor);
  expect(await seen.readAll('lake', 'here')).toEqual(Buffer.from('x'));
  await expect(seen.readAll('lake', 'gone')).rejects.toThrow('s3:ListBucket on arn:aws:s3:::lake');
  await expect(seen.head('lake', 'gone')).rejects.toThrow('s3:ListBucket on arn:aws:s3:::lake');
  allowed.add('s3:ListBucket');
  expect(await seen.readAll('lake', 'gone')).toBeUndefined();
  expect(await seen.head('lake', 'gone')).toBeUndefined();
});
