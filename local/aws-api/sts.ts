import { AwsError } from '../runtime.ts';
import { escapeXml } from './protocol.ts';
import type { AwsProtocol } from './protocol.ts';

/** AWS STS, as far as asking who one is. */
export function stsProtocol(accountId: string): AwsProtocol {
  return {
    service: 'sts',
    errors: 'query',
    async handle(request) {
      const form = new URLSearchParams(request.body.toString('utf8'));
      const action = form.get('Action') ?? request.query.get('Action');
      if (action !== 'GetCallerIdentity')
        throw new AwsError('InvalidAction', 'only GetCallerIdentity is answered here');
      const { arn, kind } = request.principal;
      const body =
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
        `<Arn>${escapeXml(arn)}</Arn><UserId>${kind.toUpperCase()}</UserId><Account>${accountId}</Account>` +
        `</GetCallerIdentityResult><ResponseMetadata><RequestId>${request.requestId}</RequestId></ResponseMetadata>` +
        '</GetCallerIdentityResponse>';
      return { status: 200, headers: { 'content-type': 'text/xml' }, body };
    },
  };
}
