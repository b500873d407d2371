/**
 * HOST, development only: the tables and their columns, as the metadata of Dataverse describes them (Microsoft:
 * entities/flowsession, flowlog, workflow, flowmachine, connectionreference).
 */
import { FLOW_RUN_STATUSES } from '../../../common/status';

export type ColumnType = 'Guid' | 'String' | 'Int32' | 'Double' | 'Boolean' | 'DateTimeOffset' | 'File';
export type Value = string | number | boolean | null;
/** One row under the names that `$select` knows; a column that is not there is null. */
export type Row = Readonly<Record<string, Value>>;

export interface Table {
  readonly entitySet: string;
  readonly logicalName: string;
  readonly key: string;
  readonly columns: ReadonlyMap<string, ColumnType>;
  /** Labels of choice columns by their values. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

function columns(names: Partial<Record<ColumnType, string>>): ReadonlyMap<string, ColumnType> {
  return new Map(
    Object.entries(names).flatMap(([type, list]) =>
      list
        .trim()
        .split(/\s+/)
        .map((name) => [name, type as ColumnType] as const),
    ),
  );
}

export const FLOW_SESSIONS: Table = {
  entitySet: 'flowsessions',
  logicalName: 'flowsession',
  key: 'flowsessionid',
  columns: columns({
    Guid: `flowsessionid _regardingobjectid_value _createdby_value _modifiedby_value _createdonbehalfby_value
      _modifiedonbehalfby_value _ownerid_value _owninguser_value _owningteam_value _owningbusinessunit_value
      _machineid_value _machinegroupid_value _parentdesktopflowrunid_value`,
    String: `name regardingobjecttypecode connectionid correlationid clienttrackingid callbackurl gateway
      parentworkflowid parentcloudflowrunsequenceid processversion sessionusername sessionusersid errorcode
      errormessage errordetails errorinnererror rundetails context credentials inputs_name outputs_name
      additionalcontext_name`,
    Int32: `statuscode statecode runmode runsessionmode triggertype subcategory runduration runexecutionduration
      runwaitduration machineramusage importsequencenumber timezoneruleversionnumber utcconversiontimezonecode
      versionnumber`,
    Double: 'machinepercentcpuusage machinepercentramusage',
    DateTimeOffset: 'startedon completedon createdon modifiedon overriddencreatedon',
    File: 'inputs outputs additionalcontext',
  }),
  labels: {
    statecode: ['Active', 'Inactive'],
    runmode: ['Local', 'Attended', 'Unattended'],
    triggertype: ['ApiFlow', 'DesktopFlow', 'Local', 'RunDesktopFlowDataverseApi', 'Cua'],
    statuscode: FLOW_RUN_STATUSES,
  },
};

export const WORKFLOWS: Table = {
  entitySet: 'workflows',
  logicalName: 'workflow',
  key: 'workflowid',
  columns: columns({
    Guid: 'workflowid _ownerid_value _createdby_value _modifiedby_value',
    String: 'name description inputs outputs definition clientdata connectionreferences schemaversion',
    Int32: 'category uiflowtype componentstate statecode statuscode type versionnumber',
    DateTimeOffset: 'createdon modifiedon',
  }),
  labels: {
    statecode: ['Draft', 'Activated', 'Suspended'],
    componentstate: ['Published', 'Unpublished', 'Deleted', 'Deleted Unpublished'],
    category:
      'Workflow,Dialog,Business Rule,Action,Business Process Flow,Modern Flow,Desktop Flow,AI Flow'.split(
        ',',
      ),
  },
};

export const MACHINES: Table = {
  entitySet: 'flowmachines',
  logicalName: 'flowmachine',
  key: 'flowmachineid',
  columns: columns({
    Guid: `flowmachineid _flowmachinegroupid_value _createdby_value _modifiedby_value _ownerid_value
      _owninguser_value _owningbusinessunit_value`,
    String: 'name description agentversion hostedmachineerror',
    Int32: `hostingtype hostedmachinestate keydeliverystatus sessioncapacity statecode statuscode versionnumber`,
    DateTimeOffset: 'lastheartbeatdate overcapacitysince createdon modifiedon',
  }),
  labels: {
    hostingtype: ['Customer', 'Hosted', 'CloudPc'],
    statecode: ['Active', 'Inactive', 'Maintenance'],
  },
};

export const CONNECTION_REFERENCES: Table = {
  entitySet: 'connectionreferences',
  logicalName: 'connectionreference',
  key: 'connectionreferenceid',
  columns: columns({
    Guid: `connectionreferenceid _createdby_value _modifiedby_value _ownerid_value _owninguser_value
      _owningbusinessunit_value`,
    String: `connectionreferencelogicalname connectionreferencedisplayname connectionid connectorid description`,
    Int32: 'componentstate promptingbehavior statecode statuscode versionnumber',
    DateTimeOffset: 'createdon modifiedon',
  }),
  labels: { statecode: ['Active', 'Inactive'] },
};

export const MACHINE_GROUPS: Table = {
  entitySet: 'flowmachinegroups',
  logicalName: 'flowmachinegroup',
  key: 'flowmachinegroupid',
  columns: columns({
    Guid: 'flowmachinegroupid _ownerid_value _owninguser_value _owningbusinessunit_value',
    String: 'name description provisioningerror',
    Int32: 'managementtype maxmanagedmachinecount provisioningstate statecode statuscode versionnumber',
    DateTimeOffset: 'createdon modifiedon',
  }),
  labels: { statecode: ['Active', 'Inactive'] },
};

export const SYSTEM_USERS: Table = {
  entitySet: 'systemusers',
  logicalName: 'systemuser',
  key: 'systemuserid',
  columns: columns({
    Guid: 'systemuserid applicationid _businessunitid_value',
    String: 'fullname domainname internalemailaddress',
    Int32: 'accessmode versionnumber',
    Boolean: 'isdisabled',
  }),
  labels: {},
};

export const ROLES: Table = {
  entitySet: 'roles',
  logicalName: 'role',
  key: 'roleid',
  columns: columns({ Guid: 'roleid _businessunitid_value', String: 'name', Int32: 'versionnumber' }),
  labels: {},
};

/** Rows of an elastic table, which only come with their run (Microsoft: entities/flowlog). */
export const FLOW_LOGS: Table = {
  entitySet: 'flowlogs',
  logicalName: 'flowlog',
  key: 'flowlogid',
  columns: columns({
    Guid: `flowlogid _parentobjectid_value _flowsessionid_value _desktopflowid_value _flowmachineid_value
      _flowmachinegroupid_value _cloudflowid_value _cloudflowrunid_value _workqueueid_value _workqueueitemid_value`,
    String: 'name data partitionid',
    Int32: 'type level ttlinseconds versionnumber',
    DateTimeOffset: 'createdon modifiedon overriddencreatedon',
  }),
  labels: {},
};

/** Metadata rows of files, as `$expand=flowsession_FileAttachments` gives them (Microsoft: file-column-data). */
export const FILE_ATTACHMENTS: Table = {
  entitySet: 'fileattachments',
  logicalName: 'fileattachment',
  key: 'fileattachmentid',
  columns: columns({
    Guid: 'fileattachmentid',
    String: 'mimetype filename regardingfieldname',
    Int32: 'filesizeinbytes',
    DateTimeOffset: 'createdon',
  }),
  labels: {},
};
