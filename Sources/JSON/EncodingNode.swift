import Diagnostics
import FoundationEssentials
import OrderedCollections

/// One place of a value that is being encoded.
///
/// A class, because the containers that `Encodable` types ask for fill the same place.
final class EncodingNode: Encoder, SingleValueEncodingContainer {
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    private var content: Content = .nothing

    private enum Content {
        case nothing
        case value(JSONValue)
        case elements([EncodingNode])
        case members(OrderedDictionary<String, EncodingNode>)
    }

    init(codingPath: [any CodingKey]) { self.codingPath = codingPath }

    /// What was written here; an empty object where a type wrote nothing at all.
    var result: JSONValue {
        switch content {
        case .nothing: .object([:])
        case .value(let value): value
        case .elements(let nodes): .array(nodes.map(\.result))
        case .members(let nodes): .object(nodes.mapValues(\.result))
        }
    }

    static func encoded<T: Encodable>(_ value: T, at path: [any CodingKey]) throws -> JSONValue {
        let node = EncodingNode(codingPath: path)
        try node.encode(value)
        return node.result
    }

    var elementCount: Int { if case .elements(let nodes) = content { nodes.count } else { 0 } }

    func addElement() -> EncodingNode {
        let node = EncodingNode(codingPath: codingPath + [IndexKey(elementCount)])
        var elements: [EncodingNode] = []
        if case .elements(let present) = content { elements = present }
        // Given up first, so that the array is appended to in place.
        content = .nothing
        elements.append(node)
        content = .elements(elements)
        return node
    }

    func addMember(_ key: some CodingKey) -> EncodingNode {
        let node = EncodingNode(codingPath: codingPath + [key])
        var members: OrderedDictionary<String, EncodingNode> = [:]
        if case .members(let present) = content { members = present }
        content = .nothing
        members[key.stringValue] = node
        content = .members(members)
        return node
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .nothing = content { content = .members([:]) }
        return KeyedEncodingContainer(KeyedEncodingNode(node: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .nothing = content { content = .elements([]) }
        return UnkeyedEncodingNode(node: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() throws { content = .value(.null) }
    func encode(_ value: Bool) throws { content = .value(.bool(value)) }
    func encode(_ value: String) throws { content = .value(.string(value)) }
    func encode(_ value: Float) throws { try encode(Double(value)) }
    func encode(_ value: Double) throws {
        guard value.isFinite else { throw notEncodable(value) }
        content = .value(.number(value))
    }
    func encode(_ value: Int) throws { try whole(value) }
    func encode(_ value: Int8) throws { try whole(value) }
    func encode(_ value: Int16) throws { try whole(value) }
    func encode(_ value: Int32) throws { try whole(value) }
    func encode(_ value: Int64) throws { try whole(value) }
    func encode(_ value: UInt) throws { try whole(value) }
    func encode(_ value: UInt8) throws { try whole(value) }
    func encode(_ value: UInt16) throws { try whole(value) }
    func encode(_ value: UInt32) throws { try whole(value) }
    func encode(_ value: UInt64) throws { try whole(value) }

    func encode<T: Encodable>(_ value: T) throws {
        switch value {
        case let json as JSONValue: content = .value(json)
        case let date as Date: content = .value(.string(Timestamp.text(date)))
        default: try value.encode(to: self)
        }
    }

    private func whole(_ value: some FixedWidthInteger) throws {
        guard let number = Int64(exactly: value) else { throw notEncodable(value) }
        content = .value(.integer(number))
    }

    private func notEncodable(_ value: Any) -> EncodingError {
        .invalidValue(
            value,
            .init(codingPath: codingPath, debugDescription: "JSON cannot hold the number \(value)"))
    }
}

/// The fields of an object that is being encoded.
private struct KeyedEncodingNode<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: EncodingNode
    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil(forKey key: Key) throws { try node.addMember(key).encodeNil() }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try node.addMember(key).encode(value)
    }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { node.addMember(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        node.addMember(key).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { node }
    func superEncoder(forKey key: Key) -> any Encoder { node.addMember(key) }
}

/// The elements of an array that is being encoded.
private struct UnkeyedEncodingNode: UnkeyedEncodingContainer {
    let node: EncodingNode
    var codingPath: [any CodingKey] { node.codingPath }
    var count: Int { node.elementCount }

    func encodeNil() throws { try node.addElement().encodeNil() }
    func encode<T: Encodable>(_ value: T) throws { try node.addElement().encode(value) }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> { node.addElement().container(keyedBy: type) }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        node.addElement().unkeyedContainer()
    }
    func superEncoder() -> any Encoder { node.addElement() }
}
