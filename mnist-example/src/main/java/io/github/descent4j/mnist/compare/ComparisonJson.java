package io.github.descent4j.mnist.compare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.descent4j.mnist.report.JsonText;
import io.github.descent4j.mnist.run.EpochResult;

/** A comparison for other programs, as one JSON document: the table, and under each of its lines the runs. */
public final class ComparisonJson {
  private ComparisonJson() {}

  /** A line that has a run that diverged has no mean and no spread, as in the table; a single run has no deviation. */
  public static ObjectNode of(ComparisonTable table) {
    ObjectNode document =
        JsonText.object().put("result", table.ofBestEpochs() ? "best epoch" : "last epoch");
    ArrayNode lines = document.putArray("lines");
    for (Line line : table.lines()) {
      ObjectNode one = lines
          .addObject()
          .put("optimizer", line.contender().toString())
          .put("learningRate", line.learningRate());
      boolean whole = line.diverged() == 0;
      JsonText.put(one, "mean", whole ? line.mean() : Double.NaN);
      JsonText.put(one, "deviation", whole ? line.deviation() : Double.NaN);
      JsonText.put(one, "lowest", whole ? line.lowest() : Double.NaN);
      JsonText.put(one, "highest", whole ? line.highest() : Double.NaN);
      one.put("diverged", line.diverged());
      one.put("bestRate", table.best(line.contender()).filter(line::equals).isPresent());
      one.put("bestOfAll", table.best().filter(line::equals).isPresent());
      ArrayNode runs = one.putArray("runs");
      line.runs().forEach(run -> runs.add(run(run)));
    }
    return document;
  }

  private static ObjectNode run(ComparedRun run) {
    ObjectNode json = JsonText.object().put("seed", run.settings().seed());
    if (run.diverged()) {
      json.put("divergence", run.divergence());
    } else {
      EpochResult result = run.result();
      json.put("epoch", run.resultEpoch());
      JsonText.put(json, "trainLoss", result.training().trainLoss());
      JsonText.put(json, "trainAccuracy", result.training().trainAccuracy());
      JsonText.put(json, "testLoss", result.test().meanLoss());
      JsonText.put(json, "testAccuracy", result.test().accuracy());
    }
    JsonText.put(json, "seconds", run.seconds());
    return json;
  }
}
