package io.github.descent4j.mnist.command;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.WholeFile;
import io.github.descent4j.mnist.option.ModelSource;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.run.TrainedModel;
import io.github.descent4j.nn.onnx.OnnxModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a trained network in a form that other programs run. */
@Command(
    name = "export",
    description =
        "Writes a trained network as an ONNX file, which ONNX Runtime and many others run.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "",
      "The network takes grey values from 0 to 255 as they are in the files of the data"
          + " set, and gives for each image a number for each class, and their probabilities.",
      "Exit status: 0 written; 1 bad checkpoint, or the file cannot be written; 2 wrong usage.",
      "",
      "Example:",
      "  mnist-example export --checkpoint runs --onnx mnist.onnx"
    })
public final class ExportCommand implements Callable<Integer> {
  @Spec
  private CommandSpec command;

  @Mixin
  private ModelSource source;

  @Option(
      names = "--onnx",
      paramLabel = "FILE",
      required = true,
      description = "The file to write, in place of one that may be there.")
  private Path onnx;

  @Override
  public Integer call() {
    TrainedModel model = source.read();
    OnnxModel exported = onnx(model);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try {
      exported.writeTo(content);
      WholeFile.write(onnx, content.toByteArray());
    } catch (IOException e) {
      throw CommandException.unwritable(onnx, e);
    }
    PrintWriter out = command.commandLine().getOut();
    out.printf(Locale.ROOT, "model      %s of %s%n", model.model(), source.name());
    out.printf(
        Locale.ROOT,
        "input      input [batch, 1, %d, %d], grey values from 0 to 255%n",
        model.rows(),
        model.columns());
    out.printf(
        Locale.ROOT,
        "outputs    output [batch, %d], probabilities [batch, %d]%n",
        model.classes(),
        model.classes());
    out.printf(Locale.ROOT, "written    %s, %d bytes%n", onnx, content.size());
    return 0;
  }

  private OnnxModel onnx(TrainedModel model) {
    if (model.scale().deviation() == 0) {
      throw CommandException.mismatch(
          source.name(),
          "a network that was trained on images of several grey values",
          "one of " + model.scale().mean() + " alone");
    }
    return OnnxModel.builder(model.network(), 1, model.rows(), model.columns())
        .normalize(model.scale().mean(), model.scale().deviation())
        .softmax()
        .metadata("model", model.model().toString())
        .metadata("input", "grey values from 0 to 255, bright on dark")
        .build();
  }
}
