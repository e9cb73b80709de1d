/// Narrows a list to what has one of the values.
package struct EC2Filter: Sendable, Equatable {
    /// Such as `name`, `state` or `tag:exa_dss_id`.
    package let name: String
    /// Any of these; `*` and `?` match anything, a backslash takes that from them.
    package let values: [String]

    /// Makes a filter.
    package init(_ name: String, _ values: String...) {
        self.name = name
        self.values = values
    }

    /// Makes a filter.
    package init(_ name: String, anyOf values: [String]) {
        self.name = name
        self.values = values
    }
}

extension QueryFields {
    mutating func filters(_ filters: [EC2Filter]) {
        list("Filter", filters) { item, filter in
            item.field("Name", filter.name)
            item.list("Value", filter.values)
        }
    }

    /// Writes the same tags for each of these types of resource.
    mutating func tags(_ tags: [AWSTag], of resourceTypes: String...) {
        if tags.isEmpty { return }
        list("TagSpecification", resourceTypes) { item, type in
            item.field("ResourceType", type)
            item.list("Tag", tags) { $0.tag($1) }
        }
    }
}

extension XMLNode {
    /// The tags of a resource.
    func tags(_ list: String = "tagSet") throws -> [AWSTag] {
        try items(list).map { AWSTag(try $0.required("key"), $0.text("value") ?? "") }
    }
}
