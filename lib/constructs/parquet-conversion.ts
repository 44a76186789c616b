import { Aws, Stack } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Grant, type Role } from 'aws-cdk-lib/aws-iam';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';

/** Lets Firehose read the columns of a table. */
export function grantReadColumns(role: Role, table: CfnTable): void {
  const arn = (path: string) => Stack.of(table).formatArn({ service: 'glue', resource: path });
  Grant.addToPrincipal({
    grantee: role,
    actions: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
    resourceArns: [
      arn('catalog'),
      arn(`database/${table.databaseName}`),
      arn(`table/${table.databaseName}/${table.ref}`),
    ],
  });
}

/** Rows of JSON become Parquet with the columns that a table has at the moment. */
export const toParquet = (
  table: CfnTable,
  role: Role,
): CfnDeliveryStream.DataFormatConversionConfigurationProperty => ({
  enabled: true,
  inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
  outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
  schemaConfiguration: {
    catalogId: Aws.ACCOUNT_ID,
    region: Aws.REGION,
    databaseName: table.databaseName,
    tableName: table.ref,
    roleArn: role.roleArn,
    versionId: 'LATEST',
  },
});
