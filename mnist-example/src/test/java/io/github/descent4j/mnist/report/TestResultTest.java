package io.github.descent4j.mnist.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.data.GreyImage;
import io.github.descent4j.mnist.report.TestResult.Mistake;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestResultTest {

  @Test
  void jsonHasEveryNumber() {
    GreyImage picture = new GreyImage(1, 1, new byte[1]);
    TestResult result = new TestResult(
        0.25,
        new int[][] {{3, 1, 0}, {0, 4, 0}, {0, 0, 0}},
        List.of(new Mistake(2, 0, 1, 0.75, Double.POSITIVE_INFINITY, picture)));
    assertThat(JsonText.pretty(result.json())).isEqualTo("""
        {
          "accuracy" : 0.875,
          "correct" : 7,
          "total" : 8,
          "loss" : 0.25,
          "classes" : [ {
            "class" : 0,
            "precision" : 1.0,
            "recall" : 0.75,
            "images" : 4
          }, {
            "class" : 1,
            "precision" : 0.8,
            "recall" : 1.0,
            "images" : 4
          }, {
            "class" : 2,
            "precision" : null,
            "recall" : null,
            "images" : 0
          } ],
          "confusion" : [ [ 3, 1, 0 ], [ 0, 4, 0 ], [ 0, 0, 0 ] ],
          "mistakes" : [ {
            "image" : 2,
            "label" : 0,
            "predicted" : 1,
            "probability" : 0.75,
            "loss" : null
          } ]
        }""");
  }
}
