import { Stack, Validations } from 'aws-cdk-lib';
import { Grant, type Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** Lets a role do these things with the objects of some folders of another stack's bucket, and with no other object. */
export function grantFolders(
  role: Role,
  bucket: IBucket,
  folders: readonly string[],
  actions: readonly string[],
): void {
  Grant.addToPrincipal({
    grantee: role,
    actions: [...actions],
    resourceArns: folders.map((folder) => bucket.arnForObjects(`${folder}/*`)),
  });
  Validations.of(role).acknowledge(
    ...folders.map((folder) => ({
      id: `AwsSolutions-IAM5[Resource::${exportedArn(bucket)}/${folder}/*]`,
      reason: `Objects have no names before they are written: the wildcard stands for those of the folder ${folder}.`,
    })),
  );
}

/** The name under which a stack exports its bucket's ARN, which is how a rule names it in another stack. */
function exportedArn(bucket: IBucket): string {
  const stack = Stack.of(bucket);
  const imported: unknown = stack.resolve(stack.exportValue(bucket.bucketArn));
  return (imported as { readonly 'Fn::ImportValue': string })['Fn::ImportValue'];
}
