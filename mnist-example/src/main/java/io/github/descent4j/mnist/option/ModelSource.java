package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.run.TrainedModel;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a trained network comes from. */
public final class ModelSource {
  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      required = true,
      description =
          "Folder that train --checkpoint has written to, of which the best checkpoint is taken, or one checkpoint in it.")
  private Path checkpoint;

  public TrainedModel read() {
    return TrainedModel.read(checkpoint);
  }

  /** The folder's name in messages. */
  public String name() {
    return checkpoint.toString();
  }
}
