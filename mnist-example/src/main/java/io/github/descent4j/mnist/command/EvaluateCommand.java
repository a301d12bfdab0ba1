package io.github.descent4j.mnist.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.LabelledImages;
import io.github.descent4j.mnist.data.WholeFile;
import io.github.descent4j.mnist.option.AttackOptions;
import io.github.descent4j.mnist.option.Check;
import io.github.descent4j.mnist.option.DataOptions;
import io.github.descent4j.mnist.option.EnsembleOptions;
import io.github.descent4j.mnist.option.ModelSource;
import io.github.descent4j.mnist.option.Version;
import io.github.descent4j.mnist.report.AttackResult;
import io.github.descent4j.mnist.report.JsonText;
import io.github.descent4j.mnist.report.RunRecord.Session;
import io.github.descent4j.mnist.report.RunReport;
import io.github.descent4j.mnist.report.TestResult;
import io.github.descent4j.mnist.report.TestResult.Mistake;
import io.github.descent4j.mnist.run.AttackRun;
import io.github.descent4j.mnist.run.TestRun;
import io.github.descent4j.mnist.run.TrainedModel;
import io.github.descent4j.mnist.terminal.CommandText;
import io.github.descent4j.mnist.terminal.TerminalPicture;
import io.github.descent4j.nn.Ensemble;
import io.github.descent4j.nn.InferenceNetwork;
import io.github.descent4j.nn.Sequential;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says class by class how well a trained network does, and shows what it takes for something else. */
@Command(
    name = "evaluate",
    description = "Evaluates a trained network on the test images, class by class.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "",
      "The last line is the result, as 'test accuracy 0.9812 (9812/10000)'.",
      "",
      "Examples:",
      "  mnist-example evaluate --checkpoint runs --report evaluation.html",
      "  mnist-example evaluate --checkpoint runs --json --worst 0",
      "",
      "Exit status: 0 evaluated; 1 bad data or checkpoint; 2 wrong usage."
    })
public final class EvaluateCommand implements Callable<Integer> {
  /** The size of a pixel in a picture file. */
  private static final int PIXEL = 8;

  /** Of each size of an attack, in the report. */
  private static final int ATTACKED_PICTURES = 12;

  @Spec
  private CommandSpec command;

  @Mixin
  private ModelSource source;

  @Mixin
  private DataOptions data;

  @Mixin
  private EnsembleOptions ensemble;

  @Mixin
  private AttackOptions attack;

  @Option(
      names = "--worst",
      paramLabel = "N",
      defaultValue = "24",
      description = "Mistakes to list, those with the highest losses. Default: ${DEFAULT-VALUE}.")
  private int worst;

  @Option(
      names = "--mistakes",
      paramLabel = "DIR",
      description = "Folder for the pictures of these mistakes, as PNG.")
  private Path mistakes;

  @Option(names = "--report", paramLabel = "FILE", description = "HTML file with all of it.")
  private Path report;

  @Option(names = "--json", description = "Print one JSON document in place of the text.")
  private boolean json;

  @Override
  public Integer call() {
    Check.option(command, worst >= 0, "--worst", worst, "at least 0");
    ensemble.validate();
    attack.validate();
    TrainedModel model = ensemble.read(source);
    LabelledImages images = data.read().test();
    if (images.rows() != model.rows() || images.columns() != model.columns()) {
      throw CommandException.mismatch(
          data.name(),
          "images of " + model.rows() + " x " + model.columns() + " as in " + source.name(),
          images.rows() + " x " + images.columns());
    }
    if (images.classes() > model.classes()) {
      throw CommandException.mismatch(
          data.name(),
          "images of " + model.classes() + " classes as in " + source.name(),
          images.classes() + "");
    }
    TestResult result =
        TestRun.of(model.network(), images.withClasses(model.classes()), model.scale(), worst);
    PrintWriter out = command.commandLine().getOut();
    List<AttackResult> attacked = attack(model, images);
    save(model, result, attacked);
    if (json) {
      out.println(JsonText.pretty(json(model, result, attacked)));
      return 0;
    }
    out.printf(
        Locale.ROOT,
        "model      %s of %s%s%n",
        model.model(),
        source.name(),
        EnsembleOptions.description(model));
    out.printf(
        Locale.ROOT,
        "data       %s: %d test images of %d x %d%n%n",
        data.name(),
        images.size(),
        images.rows(),
        images.columns());
    printClasses(result, out);
    printConfusion(result, out);
    printWorst(result, out);
    printAttack(attacked, out);
    out.printf(
        Locale.ROOT,
        "test accuracy %.4f (%d/%d)%n",
        result.accuracy(),
        result.correct(),
        result.total());
    return 0;
  }

  private ObjectNode json(TrainedModel model, TestResult result, List<AttackResult> attacked) {
    ObjectNode document = JsonText.object()
        .put("model", model.model().toString())
        .put("checkpoint", source.name())
        .put("networks", EnsembleOptions.size(model));
    ensemble.describe(document::put);
    document.put("data", data.name());
    document.setAll(result.json());
    if (!attacked.isEmpty()) {
      ArrayNode accuracies =
          document.putObject("attack").put("name", attack.attack().toString()).putArray("results");
      attacked.forEach(each ->
          accuracies.addObject().put("epsilon", each.epsilon()).put("accuracy", each.accuracy()));
    }
    return document;
  }

  private List<AttackResult> attack(TrainedModel model, LabelledImages images) {
    if (attack.attack() == null) {
      return List.of();
    }
    // An ensemble is as it is in evaluation already.
    Sequential network = model.network().layers().get(0) instanceof Ensemble
        ? model.network()
        : InferenceNetwork.of(model.network());
    LabelledImages labelled = images.withClasses(model.classes());
    return attack.epsilons().stream()
        .map(epsilon -> AttackRun.of(
            network, labelled, model.scale(), attack.attack(), epsilon, ATTACKED_PICTURES))
        .toList();
  }

  private void printAttack(List<AttackResult> results, PrintWriter out) {
    if (results.isEmpty()) {
      return;
    }
    out.println("attack " + attack.attack());
    out.println("epsilon  accuracy");
    for (AttackResult result : results) {
      out.printf(Locale.ROOT, "%7s    %6.4f%n", result.epsilon(), result.accuracy());
    }
    out.println();
  }

  private static void printClasses(TestResult result, PrintWriter out) {
    out.println("class  precision  recall  images");
    for (int label = 0; label < result.classes(); label++) {
      out.printf(
          Locale.ROOT,
          "%5d     %6.4f  %6.4f  %6d%n",
          label,
          result.precision(label),
          result.recall(label),
          result.examples(label));
    }
    out.println();
  }

  private static void printConfusion(TestResult result, PrintWriter out) {
    out.println("rows: labels, columns: predictions");
    out.print("     ");
    for (int predicted = 0; predicted < result.classes(); predicted++) {
      out.printf(Locale.ROOT, "%6d", predicted);
    }
    out.println();
    for (int label = 0; label < result.classes(); label++) {
      out.printf(Locale.ROOT, "%5d", label);
      for (int count : result.confusion()[label]) {
        out.printf(Locale.ROOT, "%6s", count == 0 ? "." : Integer.toString(count));
      }
      out.println();
    }
    out.println();
  }

  private static void printWorst(TestResult result, PrintWriter out) {
    List<Mistake> worst = result.worst();
    if (worst.isEmpty()) {
      return;
    }
    out.println("worst mistakes");
    out.println("image  label  taken for  probability     loss");
    for (Mistake mistake : worst) {
      out.printf(
          Locale.ROOT,
          "%5d  %5d  %9d  %11.4f  %7.3f%n",
          mistake.example(),
          mistake.label(),
          mistake.predicted(),
          mistake.probability(),
          mistake.loss());
    }
    out.println();
    int shown =
        Math.min(worst.size(), TerminalPicture.perLine(worst.get(0).picture().columns()));
    out.print(
        TerminalPicture.of(worst.stream().limit(shown).map(Mistake::picture).toList()));
    out.println();
  }

  private void save(TrainedModel model, TestResult result, List<AttackResult> attacked) {
    if (mistakes != null) {
      saveMistakes(result.worst());
    }
    if (report == null) {
      return;
    }
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("model", model.model() + EnsembleOptions.description(model));
    settings.put("checkpoint", source.name());
    ensemble.describe(settings::put);
    settings.put("data", data.name());
    if (attack.attack() != null) {
      settings.put("attack", attack.toString());
    }
    try {
      RunReport.of(
              model.model() + " of " + source.name(),
              result,
              attacked,
              settings,
              new Session(CommandText.of(command), 0, Version.environment()))
          .save(report);
    } catch (IOException e) {
      throw CommandException.unwritable(report, e);
    }
  }

  private void saveMistakes(List<Mistake> worst) {
    Path file = mistakes;
    try {
      Files.createDirectories(mistakes);
      for (int i = 0; i < worst.size(); i++) {
        Mistake mistake = worst.get(i);
        file = mistakes.resolve(String.format(
            Locale.ROOT,
            "%02d-image-%d-label-%d-taken-for-%d.png",
            i + 1,
            mistake.example(),
            mistake.label(),
            mistake.predicted()));
        WholeFile.write(file, mistake.picture().png(PIXEL));
      }
    } catch (IOException e) {
      throw CommandException.unwritable(file, e);
    }
  }
}
