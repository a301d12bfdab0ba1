package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.run.TrainedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a trained network comes from. */
public final class ModelSource {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      required = true,
      description =
          "Folder that train --checkpoint has written to, of which the best checkpoint is taken, or one checkpoint in it.")
  private Path checkpoint;

  /** The network of another folder, or of one checkpoint. */
  TrainedModel read(Path other) {
    PrintWriter err = command.commandLine().getErr();
    return TrainedModel.read(other, warning -> err.println("warning: " + warning));
  }

  /** The networks of the last checkpoints in the folder. */
  List<TrainedModel> readLast(int count) {
    return TrainedModel.readLast(checkpoint, count);
  }

  /** The network; what there is to say about damaged checkpoints beside it goes to standard error. */
  public TrainedModel read() {
    return read(checkpoint);
  }

  /** The folder's name in messages. */
  public String name() {
    return checkpoint.toString();
  }
}
