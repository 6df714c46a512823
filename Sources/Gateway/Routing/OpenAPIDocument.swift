/// `api/openapi.yaml` as built in.
func openAPIDocument() -> [UInt8] {
    PackageResources.openapi_yaml
}
