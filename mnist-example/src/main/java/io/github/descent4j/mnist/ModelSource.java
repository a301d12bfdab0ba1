package io.github.descent4j.mnist;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a trained network comes from. */
final class ModelSource {
  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      required = true,
      description =
          "Folder that train --checkpoint has written to, of which the best checkpoint is taken, or one checkpoint in it.")
  private Path checkpoint;

  TrainedModel read() {
    return TrainedModel.read(checkpoint);
  }

  /** The folder's name in messages. */
  String name() {
    return checkpoint.toString();
  }
}
