import AWS
import BuildGraph
import Diagnostics

extension ExportTask {
    /// Asks the image why EC2 refuses it.
    ///
    /// - Throws: the refusal, explained, where a BIOS image would not help.
    func requireBootMode(
        toExplain problem: Diagnostic, _ context: StageContext
    ) async throws {
        let images = EC2Images(aws: aws, region: region, time: context.time)
        let image: EC2Image
        let isBaseGone: Bool
        do {
            guard let found = try await images.find(imageId) else { throw problem }
            image = found
            isBaseGone =
                if let base = found.sourceImageId { try await images.find(base) == nil } else {
                    false
                }
        } catch let other as Diagnostic {
            // The refusal counts, and why it cannot be explained comes after it.
            var problem = problem
            if other.code != problem.code { problem.causes.append(other.summary) }
            throw problem
        }
        if isBaseGone, let base = image.sourceImageId {
            throw ExportRefusal.withoutBase(problem, imageId: imageId, base: base)
        }
        guard ExportRefusal.isOfBootMode(image) else { throw problem }
    }
}
