import Glibc

/// The target that `DSS_FUZZ_TARGET` names; `bin/fuzz` looks first whether there is one.
private let target = getenv("DSS_FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }

/// What libFuzzer calls with each input.
///
/// Source: <https://llvm.org/docs/LibFuzzer.html#fuzz-target>
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    precondition(target != nil, "DSS_FUZZ_TARGET names no target")
    target?.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
