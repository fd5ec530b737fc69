namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Files that an engine would understand, each with the secret where it would come out: a value, a name, an error.</summary>
internal static class CanaryFiles
{
    public static IEnumerable<(string Name, string Text)> Texts(string secret, string mark) =>
    [
        ("canary.csv", $"{secret},1\n"),
        ("canary.json", $"{{\"{secret}\":\"{secret}\"}}\n"),
        ("canary.xml", $"<clickhouse><path>{secret}</path></clickhouse>\n"),
        ("canary.yaml", $"- regexp: '{secret}'\n  name: '{secret}'\n"),
        ("canary.sql", $"SELECT '{secret}'\n"),
        ("canary.proto", $"syntax = \"proto3\";\nmessage {secret} {{ string {secret} = 1; }}\nmessage Message {{ string {secret} = 1; }}\n"),
        ("canary.capnp", $"@0xb2d6a1b4d3a1c001;\nstruct {secret} {{ a @0 :Text; }}\nstruct Message {{ {secret.ToLowerInvariant()} @0 :Text; }}\n"),
        ("program.sh", $"#!/bin/sh\necho ran > {mark}\necho {secret}\n"),
        ("delta/_delta_log/00000000000000000000.json", Delta(secret)),
        ("iceberg/metadata/v1.metadata.json", Iceberg(secret)),
        ("iceberg/metadata/version-hint.text", "1\n"),
        ("paimon/schema/schema-0", $"{{\"version\":3,\"id\":0,\"fields\":[{{\"id\":0,\"name\":\"{secret}\",\"type\":\"STRING\"}}],\"highestFieldId\":0,\"partitionKeys\":[],\"primaryKeys\":[],\"options\":{{}},\"timeMillis\":1}}"),
        ("hudi/.hoodie/hoodie.properties", $"hoodie.table.name={secret}\n"),
        ("backup/.backup", $"<config><version>1</version><timestamp>{secret}</timestamp><contents/></config>\n"),
        ("store/t.sql", $"ATTACH TABLE t (`{secret}` String) ENGINE = Memory\n"),
    ];

    static string Delta(string secret) => $$$"""
        {"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
        {"metaData":{"id":"1","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"{{{secret}}}\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{},"createdTime":1}}

        """;

    static string Iceberg(string secret) => $$$"""
        {"format-version":1,"table-uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1","location":"/x","last-updated-ms":1,"last-column-id":1,"current-snapshot-id":-1,"snapshots":[],"properties":{},
         "schema":{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"{{{secret}}}","required":false,"type":"string"}]},"partition-spec":[]}

        """;
}
