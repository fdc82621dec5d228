"""Process `reports`: makes the reports of `[[reports]]`, each once a period"""
