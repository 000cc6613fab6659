// The dashboards as JSON against Grafana's own types. In JSON an enum is its value, so each is taken as that; a query is one of ours.
import type { Dashboard, DataQuery } from '@grafana/schema';

interface ClickHouseQuery extends DataQuery {
  editorType: 'sql';
  format: 0 | 1;
  pluginVersion: string;
  queryType: 'table' | 'timeSeries';
  rawSql: string;
}

type Value<T> = T extends string ? `${T}` : T extends number ? (`${T}` extends `${infer N extends number}` ? N : T) : T;
export type Json<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? Value<T>
    : [DataQuery] extends [T]
      ? ClickHouseQuery
      : T extends Array<infer U>
        ? Array<Json<U>>
        : T extends object
          ? { [K in keyof T]: Json<T[K]> }
          : T;
export type Board = Json<Dashboard>;
