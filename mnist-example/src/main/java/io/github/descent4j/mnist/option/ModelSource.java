package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.run.TrainedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
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

  /** The network; what there is to say about damaged checkpoints beside it goes to standard error. */
  public TrainedModel read() {
    PrintWriter err = command.commandLine().getErr();
    return TrainedModel.read(checkpoint, warning -> err.println("warning: " + warning));
  }

  /** The folder's name in messages. */
  public String name() {
    return checkpoint.toString();
  }
}
