// What a dashboard file may hold, by the types that Grafana itself publishes.
import type { Dashboard, GraphFieldConfig, Panel, RowPanel, TableFieldOptions } from '@grafana/schema';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Options as TableOptions } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as TimeSeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// JSON has the values of enums, not their names.
export type Json<T> = T extends string ? `${T}` : T extends (infer U)[] ? Json<U>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

type Of<TType extends string, TOptions, TField> = Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
  type: TType;
  options: Partial<TOptions>;
  fieldConfig: { defaults: Omit<NonNullable<Panel['fieldConfig']>['defaults'], 'custom'> & { custom?: TField }; overrides: NonNullable<Panel['fieldConfig']>['overrides'] };
  targets: Target[];
};

type Target = ClickHouseQuery | PrometheusQuery;
interface ClickHouseQuery { refId: string; datasource: Uid<'grafana-clickhouse-datasource'>; editorType: 'sql'; queryType: 'table' | 'timeseries'; format: 0 | 1; rawSql: string }
interface PrometheusQuery { refId: string; datasource: Uid<'prometheus'>; editorMode: 'code'; expr: string; legendFormat: string; range: boolean; instant?: boolean; format?: 'table' }
interface Uid<T extends string> { type: T; uid: string }

export type StatPanel = Json<Of<'stat', StatOptions, never>>;
export type TablePanel = Json<Of<'table', TableOptions, Partial<TableFieldOptions> & { filterable?: boolean }>>;
export type TimeSeriesPanel = Json<Of<'timeseries', TimeSeriesOptions, GraphFieldConfig>>;
export type Row = Json<RowPanel>;
export type Frame = Json<Omit<Dashboard, 'panels'>>;
